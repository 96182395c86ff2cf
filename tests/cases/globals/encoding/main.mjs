console.log(new TextEncoder().encode('a\u00e9\ud83c\udf89\ud800'));
console.log(new TextDecoder().decode(new Uint8Array([0xef, 0xbb, 0xbf, 0x61, 0xff])));
try { new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([0xff])); } catch (error) { console.log(error.name, error.code); }
const stream = new TextDecoder();
console.log(stream.decode(new Uint8Array([0xe2, 0x82]), { stream: true }) + stream.decode(new Uint8Array([0xac])));
console.log(new TextDecoder('utf-16le').decode(new Uint8Array([97, 0, 98, 0])));
console.log(new TextEncoder().encodeInto('abc', new Uint8Array(2)));
console.log(btoa('hello'), atob('aGVsbG8='));
try { atob('*'); } catch (error) { console.log(error.name); }
try { btoa('\u0100'); } catch (error) { console.log(error.name); }
