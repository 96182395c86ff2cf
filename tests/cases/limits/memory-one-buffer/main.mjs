try { new ArrayBuffer(2 ** 32); } catch (error) { console.log(error.name); }
