const all = [];
for (let i = 0; ; i++) all.push(String(i).repeat(100000).split('').join(' '));
