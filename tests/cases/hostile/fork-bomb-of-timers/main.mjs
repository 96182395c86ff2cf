let ran = 0;
for (let i = 0; i < 200000; i++) setTimeout(() => { if (++ran === 200000) console.log('all'); }, 0);
