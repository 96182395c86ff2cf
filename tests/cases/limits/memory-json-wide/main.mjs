console.log(JSON.parse('[' + '{},'.repeat(2e7) + '1]').length);
