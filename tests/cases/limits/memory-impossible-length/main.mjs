try { 'x'.repeat(2 ** 30); } catch (error) { console.log(error.name); }
try { new Array(-1); } catch (error) { console.log(error.name); }
