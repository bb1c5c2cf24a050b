// Sets the colour scheme before the first paint; a file of its own because inline scripts are not allowed.
// A page inside another page is told by its address; what somebody chose for the dashboard is not for it.
(function () {
  var embedded = location.pathname.indexOf("/embed/") === 0;
  var kept = null;
  try {
    kept = embedded ? new URLSearchParams(location.search).get("theme") : localStorage.getItem("apportion-color-scheme");
  } catch (_) {
    kept = null;
  }
  var dark = matchMedia("(prefers-color-scheme: dark)").matches;
  var scheme = kept === "light" || kept === "dark" ? kept : dark ? "dark" : "light";
  document.documentElement.setAttribute("data-mantine-color-scheme", scheme);
})();
