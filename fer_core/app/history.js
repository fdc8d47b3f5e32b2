// Keeps the browser's history to views that a visitor saw, so that Back leads to the last one of another page.
// Streamlit (1.67) clears a page's parameters in an entry of its own before it opens the next page.
const listNames = (url) => [...url.searchParams.keys()].sort().join();

const isRunning = () => document.querySelector("[data-test-script-state]")?.dataset.testScriptState !== "notRunning";

export default function () {
  if (window.viewsKept) return;
  window.viewsKept = true;
  const push = history.pushState.bind(history);
  let held;
  history.pushState = (state, title, address) => {
    const here = new URL(location.href);
    const next = new URL(address, here);
    clearTimeout(held);
    if (next.pathname !== here.pathname) {
      push(state, title, address);
    } else if (here.search && !next.search) {
      // Either another page follows before the script ends, then this entry is left out, or the view was set back.
      const settle = () => {
        if (isRunning()) held = setTimeout(settle, 200);
        else history.replaceState(state, title, address);
      };
      held = setTimeout(settle, 800);
    } else if (listNames(here) === listNames(next)) {
      history.replaceState(state, title, address); // the next picture is no view of its own
    } else {
      push(state, title, address);
    }
  };
}
