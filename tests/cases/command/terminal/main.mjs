const text = [
  'a\u001b[31mred\u001b[0m', '\u001b]0;title\u0007', '\u001b]8;;http://evil/\u001b\\link', '\u009b31m\u0090x\u009c', 'over\rwritten\b\u007f',
  'abc\u202edef\u2066\u061c\u200f', 'line\u2028next', 'NUL\u0000', '\u4e2d\u00e9 stays', 'half \ud83d',
].join('\n');
console.log(text);
console.error(text);
