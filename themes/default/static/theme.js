// Sets the chosen colours before anything is drawn; without a choice, the system's hold.
try {
  const scheme = localStorage.getItem("kb-scheme");
  if (scheme === "light" || scheme === "dark") document.documentElement.dataset.scheme = scheme;
} catch {
  // Storage may be forbidden: then the system's colours hold.
}
