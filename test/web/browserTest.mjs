// One process and one order: the forced password change can be seen once in an installation's life, and every later
// case uses the session that it ends with.
import './signInCases.mjs';
import './dashboardCases.mjs';
import './stateCases.mjs';
import './sessionCases.mjs';
