JSON.parse('['.repeat(1e7));
