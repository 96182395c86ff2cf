console.log('there ran');
