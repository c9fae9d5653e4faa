/** What every client over HTTP keeps to: which proxy, and how long a server asks to wait. */
@NullMarked
package dev.tallyman.http;

import org.jspecify.annotations.NullMarked;
