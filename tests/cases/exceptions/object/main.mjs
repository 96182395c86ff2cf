throw { code: 'E_ODD', n: 4 };
