// Sets the colour scheme before the first paint; a file of its own because inline scripts are not allowed.
(function () {
  var kept = null;
  try {
    kept = localStorage.getItem("apportion-color-scheme");
  } catch (_) {
    kept = null;
  }
  var dark = matchMedia("(prefers-color-scheme: dark)").matches;
  var scheme = kept === "light" || kept === "dark" ? kept : dark ? "dark" : "light";
  document.documentElement.setAttribute("data-mantine-color-scheme", scheme);
})();
