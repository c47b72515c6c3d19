// Back to the form as it was filled in: the browser still holds it, where a new visit would begin with an empty one.
const back = document.getElementById("back");
if (document.referrer === back.href && history.length > 1)
  back.addEventListener("click", (event) => {
    event.preventDefault();
    history.back();
  });
