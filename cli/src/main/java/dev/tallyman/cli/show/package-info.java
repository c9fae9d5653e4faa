/** How answers look in a terminal: text, tables, progress, CSV and JSON. */
@NullMarked
package dev.tallyman.cli.show;

import org.jspecify.annotations.NullMarked;
