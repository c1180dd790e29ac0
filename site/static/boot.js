// Runs before the first paint: theme and language as chosen before. The page is written in Korean;
// for another language it stays hidden until its own words are there, three seconds at most. It is
// written for a visitor; where somebody was signed in, the steps wait for the answer who it is.
(function () {
  var root = document.documentElement;
  var theme = null;
  var locale = null;
  try {
    theme = localStorage.getItem('hd.theme');
    locale = localStorage.getItem('hd.locale');
    if (localStorage.getItem('hd.seen') !== null) root.dataset.seen = '';
  } catch {
    // Storage may be closed to us.
  }
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  if (locale !== 'ko' && locale !== 'en') {
    var known = (navigator.languages || [navigator.language])
      .map(function (language) {
        return language.toLowerCase().split('-')[0];
      })
      .find(function (language) {
        return language === 'ko' || language === 'en';
      });
    locale = known === 'ko' ? 'ko' : 'en';
  }
  if (locale !== 'ko') {
    root.lang = locale;
    root.dataset.pending = '';
    setTimeout(function () {
      delete root.dataset.pending;
    }, 3000);
  }
})();
