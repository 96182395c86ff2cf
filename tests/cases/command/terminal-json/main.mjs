console.log('\u009b31m \u202e \u001b[31m \u007f \u00e9');
