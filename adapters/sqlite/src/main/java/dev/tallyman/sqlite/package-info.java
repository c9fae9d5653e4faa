/** The store on one SQLite file. */
@NullMarked
package dev.tallyman.sqlite;

import org.jspecify.annotations.NullMarked;
