console.log("key ran");
