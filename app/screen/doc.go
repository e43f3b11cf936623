// Package screen holds the screens, one file each, and the two ways to lay them out: wide.go puts list, chat and details
// side by side, narrow.go shows one of them at a time.
//
// A screen is made once, is told by its Set methods what the view models say, and asks for things through the functions it
// was made with; these return at once, and what comes of them arrives later through a Set method or as a sentence for Fail.
// Screens read no store, know no account's connection and start no goroutine. All of it runs on the toolkit's goroutine.
package screen
