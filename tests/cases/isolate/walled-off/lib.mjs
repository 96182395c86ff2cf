import fs from 'runtime:fs';
try {
  console.log('lib:', fs.readFileSync('/secrets/key', 'utf8'));
} catch (error) {
  console.log('lib:', error.name === 'PermissionDenied' ? 'nothing' : error);
}
