// Says in the page when a passkey did not work; allauth's script tells only the console.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const failed = document.getElementById("passkey_failed");
  if (failed) failed.hidden = false;
});
