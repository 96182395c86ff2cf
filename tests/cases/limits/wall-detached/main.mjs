setTimeout(async () => { for (;;) await null; }, 1);
