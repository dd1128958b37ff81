// Keys for lists of rows (data-keys="rows"): j and k move, and a letter presses what carries it as data-key in the row;
// / goes to the search box.
// Every one of them is a button or a box on the page as well.
(function () {
  "use strict";
  var rows = Array.prototype.slice.call(document.querySelectorAll('[data-keys="rows"] > [tabindex]'));
  function place() {
    var row = document.activeElement && document.activeElement.closest('[data-keys="rows"] > [tabindex]');
    return row ? rows.indexOf(row) : -1;
  }
  function go(to) {
    if (!rows.length) return;
    var row = rows[Math.max(0, Math.min(rows.length - 1, to))];
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: row.offsetHeight > innerHeight ? "start" : "nearest" });
  }
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    var tag = event.target.tagName, kind = event.target.type;
    if (tag === "TEXTAREA" || tag === "SELECT" || (tag === "INPUT" && kind !== "checkbox" && kind !== "radio")) return;
    if (event.key === "/") {
      var box = document.querySelector("main input[type=search]") || document.querySelector("input[type=search]");
      if (!box) return;
      box.focus();
      box.select();
    } else if (event.key === "j") go(place() + 1);
    else if (event.key === "k") go(place() - 1);
    else if (/^[a-z]$/.test(event.key) && place() >= 0) {
      var pressed = rows[place()].querySelector('[data-key="' + event.key + '"]');
      if (!pressed) return;
      try { sessionStorage.setItem("row", String(place())); } catch (refused) { /* the place is not kept then */ }
      pressed.click();
    } else return;
    event.preventDefault();
  });
  // After a decision the page comes back without the row: go on where it was.
  try {
    var kept = sessionStorage.getItem("row");
    sessionStorage.removeItem("row");
    if (kept !== null && !location.hash) go(Number(kept));
  } catch (refused) { /* no place was kept */ }
})();
