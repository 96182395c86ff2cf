console.log(new Date(0).toString(), Intl.DateTimeFormat().resolvedOptions().timeZone, (1234.5).toLocaleString(), Intl.NumberFormat().resolvedOptions().locale);
