/* What held a key or a page is overwritten before it is given back. */
#include "vfs.h"

/* Through a volatile pointer, so that the compiler does not drop the writes before a free. */
void kith_wipe(void *p, sqlite3_int64 n) {
	volatile unsigned char *b = p;
	while (n-- > 0) *b++ = 0;
}
