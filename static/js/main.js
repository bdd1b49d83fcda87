// Everything here is an addition: each page and form works as a plain page load without it.
import "./partial.js";
import "./layers.js";
import "./keys.js";
import "./rows.js";
import "./toast.js";
import "./once.js";
import "./unsaved.js";
import "./forms.js";
import "./search.js";
import "./combobox.js";
import "./call.js";
