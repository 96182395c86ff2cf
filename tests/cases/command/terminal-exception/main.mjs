throw new Error('\u001b]0;title\u0007 \u202e \u009b31m');
