for (const name of ['secret', 'absent', 'alias', 'config', 'both']) {
  try {
    console.log(name, (await import(name)).default);
  } catch (error) {
    console.log(name, error.code);
  }
}
