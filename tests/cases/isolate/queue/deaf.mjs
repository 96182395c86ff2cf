for (;;) await new Promise((done) => setTimeout(done, 1000));
