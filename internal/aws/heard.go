package aws

import (
	"hash/maphash"
	"sync/atomic"
)

// sound is what a name can sound like.
type sound int

const (
	secretSound     sound = iota // SoundsSecret
	passwordSound                // SoundsLikePassword
	credentialSound              // HoldsCredential
	sounds                       // how many there are
)

// lists are the words that a name of each sound ends in.
func (s sound) lists() [][]string {
	switch s {
	case secretSound:
		return [][]string{passwordWords, secretWords}
	case passwordSound:
		return [][]string{passwordWords}
	}
	return [][]string{passwordWords, statedWords}
}

// answer is whether a name has a sound.
type answer struct {
	name string
	is   bool
}

// heardNames is how many answers are kept for each sound: specs have the same few hundred names
// again and again. A name takes the place of another one with the same hash.
const heardNames = 512

var (
	answers  [sounds][heardNames]atomic.Pointer[answer]
	nameSeed = maphash.MakeSeed()
)

// heard says what soundsLike does of a name, which is not divided into words again if it was asked
// about lately. It may be called by several at once.
func heard(s sound, name string) bool {
	const longest = 64 // longer ones are texts, and kept by nobody
	if len(name) > longest {
		return soundsLike(name, s.lists()...)
	}
	at := &answers[s][maphash.String(nameSeed, name)%heardNames]
	if known := at.Load(); known != nil && known.name == name {
		return known.is
	}
	is := soundsLike(name, s.lists()...)
	at.Store(&answer{name, is})
	return is
}
