import fs from 'runtime:fs';
try { fs.readFileSync('/nowhere'); } catch (error) { console.log(error.stack.split('\n').slice(1).join('|')); }
await fs.promises.readFile('/nowhere').catch((error) => console.log(/runtime:|extensions|worker/.test(error.stack)));
try {
  Error.prepareStackTrace = (error, sites) => sites.map((site) => String(site.getFileName())).join();
} catch (error) {
  console.log(error.name);
}
try { fs.readFileSync('/nowhere'); } catch (error) { console.log(error.stack.split('\n').slice(1).join('|')); }
