throw new TypeError('told so');
