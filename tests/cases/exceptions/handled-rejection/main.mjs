const promise = Promise.reject(new Error('expected'));
queueMicrotask(() => promise.catch((error) => console.log('handled', error.message)));
