// Sets the chosen colours before anything is drawn; without a choice, the system's hold.
try {
  const scheme = localStorage.getItem("kb-scheme");
  if (scheme === "light" || scheme === "dark") document.documentElement.dataset.scheme = scheme;
} catch {
  // Storage may be forbidden: then the system's colours hold.
}

// A page that is shown before its transition can begin is shown without one: that is no error.
addEventListener("unhandledrejection", (event) => {
  if (event.reason?.message?.startsWith("Transition was aborted")) event.preventDefault();
});
