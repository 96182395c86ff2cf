import "../secret/key.mjs"; console.log("ran");
