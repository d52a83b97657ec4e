/* "Use my position" fills in the field of the point. Without this file, or where the telephone does not tell, the form
   works as well. */
(function () {
  var row = document.getElementById("here-row"), button = document.getElementById("here");
  var said = document.getElementById("here-said"), field = document.getElementById("titik");
  if (!row || !navigator.geolocation) { return; }
  function say(name) { said.textContent = button.getAttribute("data-" + name); }
  row.hidden = false;
  row.removeAttribute("hidden");
  button.onclick = function () {
    say("wait");
    navigator.geolocation.getCurrentPosition(function (found) {
      field.value = found.coords.latitude.toFixed(5) + ", " + found.coords.longitude.toFixed(5);
      say("done");
    }, function () { say("failed"); }, { enableHighAccuracy: true, timeout: 20000, maximumAge: 60000 });
  };
})();
