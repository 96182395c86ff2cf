throw new Error('before\0after');
