for (const make of [() => eval('1'), () => new Function('return 1'), () => (async () => {}).constructor('return 1'), () => function* () {}.constructor('yield 1')]) {
  try { make(); console.log('made'); } catch (error) { console.log(error.name); }
}
try { setTimeout('1', 0); } catch (error) { console.log(error.name); }
