for (let i = 0; i < 2000; i++) {
  console.log(`out ${i}`);
  if (i % 2) console.error(`err ${i}`);
}
