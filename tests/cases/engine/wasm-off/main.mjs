console.log(typeof WebAssembly);
