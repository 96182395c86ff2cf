export const json = '{"__proto__": {"encoding": "hex", "recursive": true}, "constructor": {"prototype": {"flag": "w", "admin": true}}, "list": [1]}';
