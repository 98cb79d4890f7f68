// The page begins: the address says what is set, and everything is drawn.

(() => {
  window.explorer = { solved: 0, milliseconds: 0, get shown() { return View.solved; }, experiment: Export.experiment };
  State.fromHash(window.location.hash.slice(1));
  View.start();
  Timeline.begin();
  Export.start();
  View.draw();
  window.addEventListener("hashchange", () => {
    State.fromHash(window.location.hash.slice(1));
    View.controls();
    if (Timeline.on) Timeline.controls();
    View.refresh();
  });
  window.addEventListener("resize", View.refresh);
  Charts.dark.addEventListener("change", View.refresh);
})();
