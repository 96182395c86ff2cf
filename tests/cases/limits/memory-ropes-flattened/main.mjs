const all = [];
for (;;) {
  let text = 'ab' + all.length;
  while (text.length < 2 ** 22) text += text;
  /q/.test(text);
  all.push(text);
}
