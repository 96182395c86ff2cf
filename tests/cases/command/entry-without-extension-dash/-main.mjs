console.log('dash');
