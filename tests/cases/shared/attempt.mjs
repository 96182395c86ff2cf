// For cases: one line on standard output that says what a call gave or how it was refused. The authority is that of
// the module that made the function which is passed in.
export function describe(error) {
  if (error?.name === 'PermissionDenied') {
    return `${error.name} ${error.code} ${error.capability} ${error.right} ${error.resource}`;
  }
  return `${error?.name} ${error?.code ?? error?.message}`;
}

export function attempt(label, action) {
  try {
    console.log(`${label}:`, action());
  } catch (error) {
    console.log(`${label}: ${describe(error)}`);
  }
}

export async function attemptLater(label, action) {
  try {
    console.log(`${label}:`, await action());
  } catch (error) {
    console.log(`${label}: ${describe(error)}`);
  }
}
