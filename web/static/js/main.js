// What the pages do beyond plain HTML; each works without this as well.
import "htmx.org";

import { keepDrafts } from "./drafts.js";
import { checkFiles } from "./files.js";
import { listenToKeys } from "./keys.js";
import { holdWhatIsLike } from "./likely.js";
import { usePasskeys } from "./passkeys.js";
import { fillFromPhrases } from "./phrases.js";
import { tellOfRows } from "./rows.js";
import { tidy } from "./tidy.js";
import { countChosen } from "./together.js";

tidy();
keepDrafts();
checkFiles();
listenToKeys();
fillFromPhrases();
countChosen();
tellOfRows();
usePasskeys();
holdWhatIsLike();
