package trail_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
	"github.com/gatehouse-idc/gatehouse/internal/trail"
)

// digestFile is what a validator reads.
type digestFile map[string]any

func (d digestFile) text(name string) string {
	s, _ := d[name].(string)
	return s
}

// validate goes back through the digests of a bucket as `aws cloudtrail validate-logs` does: signature
// by the public key of the fingerprint, object by object to the first, log files by their hashes.
func validate(t *testing.T, w *world, b *bucket, newest string) (digests, logs int, err error) {
	t.Helper()
	keys, err := w.trails.PublicKeys(t.Context(), w.Clock.Now().Add(-365*24*time.Hour), w.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	for key := newest; key != ""; {
		body, found := b.objects[key]
		if !found {
			return digests, logs, fmt.Errorf("digest %s is missing", key)
		}
		text := unzip(t, body)
		var d digestFile
		if err := json.Unmarshal(text, &d); err != nil {
			return digests, logs, err
		}
		if d.text("digestS3Bucket") != "logs" || d.text("digestS3Object") != key {
			return digests, logs, fmt.Errorf("digest %s was moved", key)
		}
		previous := "null"
		if d["previousDigestSignature"] != nil {
			previous = d.text("previousDigestSignature")
		}
		toSign := fmt.Sprintf("%s\n%s/%s\n%s\n%s", d.text("digestEndTime"), d.text("digestS3Bucket"), d.text("digestS3Object"), hexSum(text), previous)
		if err := verify(keys, d.text("digestPublicKeyFingerprint"), toSign, b.metadata[key]); err != nil {
			return digests, logs, fmt.Errorf("digest %s: %w", key, err)
		}
		digests++
		files, _ := d["logFiles"].([]any)
		for _, f := range files {
			file := digestFile(f.(map[string]any))
			body, found := b.objects[file.text("s3Object")]
			if !found || hexSum(unzip(t, body)) != file.text("hashValue") {
				return digests, logs, fmt.Errorf("log file %s is missing or changed", file.text("s3Object"))
			}
			logs++
		}
		key = d.text("previousDigestS3Object")
		if before, found := b.objects[key]; found && hexSum(unzip(t, before)) != d.text("previousDigestHashValue") {
			return digests, logs, fmt.Errorf("digest %s has changed", key)
		}
	}
	return digests, logs, nil
}

func verify(keys []trail.PublicKey, fingerprint, text string, metadata map[string]string) error {
	if metadata["signature-algorithm"] != "SHA256withRSA" {
		return fmt.Errorf("metadata %v", metadata)
	}
	signature, err := hex.DecodeString(metadata["signature"])
	if err != nil {
		return err
	}
	for _, k := range keys {
		if k.Fingerprint == fingerprint {
			public, err := x509.ParsePKCS1PublicKey(k.PKCS1)
			if err != nil {
				return err
			}
			sum := sha256.Sum256([]byte(text))
			return rsa.VerifyPKCS1v15(public, crypto.SHA256, sum[:], signature)
		}
	}
	return fmt.Errorf("no public key %s", fingerprint)
}

func hexSum(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// TestDigestsProveTheFiles: every hour a digest, each naming the one before, until the first.
func TestDigestsProveTheFiles(t *testing.T) {
	w := newWorld(t)
	w.create(testidc.Member, "mine", func(s *trail.Settings) { s.Validation = p(true); s.Prefix = p("x") })
	w.start(testidc.Member, "mine")
	for range 3 {
		w.record(testidc.Member, "A", "B")
		w.wait(30 * time.Minute)
	}
	w.wait(3 * time.Hour) // nothing happens, and that is signed, too
	digests := w.open.keys("/CloudTrail-Digest/")
	if len(digests) != 4 {
		t.Fatalf("digests %q", digests)
	}
	if want := "x/AWSLogs/222222222222/CloudTrail-Digest/us-east-1/2026/03/01/222222222222_CloudTrail-Digest_us-east-1_mine_us-east-1_20260301T130000Z.json.gz"; digests[0] != want {
		t.Errorf("the first digest is %s", digests[0])
	}
	newest := digests[3]
	n, logs, err := validate(t, w, w.open, newest)
	if n != 4 || logs != 3 || err != nil {
		t.Errorf("%d digests and %d log files are proved, %v", n, logs, err)
	}
	if st := w.status(testidc.Member, "mine"); st.LastDigestAt.IsZero() || st.LastDigestError != "" {
		t.Errorf("status %+v", st)
	}
	for what, tamper := range map[string]func(b *bucket){
		"a log file changed":  func(b *bucket) { b.objects[b.keys("/CloudTrail/")[1]] = b.objects[b.keys("/CloudTrail/")[0]] },
		"a log file is gone":  func(b *bucket) { delete(b.objects, b.keys("/CloudTrail/")[0]) },
		"a digest is gone":    func(b *bucket) { delete(b.objects, digests[1]) },
		"a digest is another": func(b *bucket) { b.objects[digests[1]] = b.objects[digests[0]] },
		"a signature":         func(b *bucket) { b.metadata[digests[2]] = b.metadata[digests[1]] },
	} {
		b := newBucket()
		for key := range w.open.objects {
			b.objects[key], b.metadata[key] = w.open.objects[key], w.open.metadata[key]
		}
		tamper(b)
		if _, _, err := validate(t, w, b, newest); err == nil {
			t.Errorf("%s, and nobody notices", what)
		}
	}
}

// TestDigestsGoOnAfterFailures of the destination and after pauses, without a gap in the chain.
func TestDigestsGoOnAfterFailures(t *testing.T) {
	w := newWorld(t)
	w.create(testidc.Member, "mine", func(s *trail.Settings) { s.Validation = p(true) })
	w.start(testidc.Member, "mine")
	w.record(testidc.Member, "A")
	w.wait(50 * time.Minute)
	w.open.fail = &trail.DeliveryError{Code: "InsufficientStorage", Err: fmt.Errorf("disk full")}
	w.wait(3 * time.Hour)
	if st := w.status(testidc.Member, "mine"); st.LastDigestError != "InsufficientStorage" {
		t.Errorf("status %+v", st)
	}
	w.open.fail = nil
	w.record(testidc.Member, "B")
	w.wait(10 * time.Minute)
	w.record(testidc.Member, "C")
	w.wait(6 * time.Minute)
	w.record(testidc.Member, "D")
	w.stop(testidc.Member, "mine")
	w.wait(10 * time.Minute)
	digests := w.open.keys("/CloudTrail-Digest/")
	n, logs, err := validate(t, w, w.open, digests[len(digests)-1])
	if n != 3 || logs != 4 || err != nil {
		t.Errorf("%d digests and %d log files are proved, %v, of %q", n, logs, err, digests)
	}
}

// TestSigningKeysAreReplaced in time, and the old ones still verify.
func TestSigningKeysAreReplaced(t *testing.T) {
	w := newWorld(t)
	w.create(testidc.Member, "mine", func(s *trail.Settings) { s.Validation = p(true) })
	w.start(testidc.Member, "mine")
	keys := func(start, end time.Time) (prints []string) {
		t.Helper()
		found, err := w.trails.PublicKeys(t.Context(), start, end)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range found {
			prints = append(prints, k.Fingerprint)
		}
		return prints
	}
	if got := keys(time.Time{}, time.Time{}); len(got) != 0 {
		t.Errorf("keys %q before anything is signed", got)
	}
	w.record(testidc.Member, "A")
	w.wait(2 * time.Hour)
	first := keys(time.Time{}, time.Time{})
	for range 20 {
		w.Clock.Advance(5 * 24 * time.Hour)
		w.record(testidc.Member, "A")
		w.runner.Drain(t.Context())
		w.wait(time.Hour)
	}
	now := w.Clock.Now()
	if last, all := keys(time.Time{}, time.Time{}), keys(now.Add(-200*24*time.Hour), now); len(first) != 1 || len(last) != 1 || len(all) != 2 || first[0] == last[0] {
		t.Errorf("keys %q at first, %q now, %q in all", first, last, all)
	}
	digests := w.open.keys("/CloudTrail-Digest/")
	if _, _, err := validate(t, w, w.open, digests[len(digests)-1]); err != nil {
		t.Error(err)
	}
	if _, err := w.trails.PublicKeys(t.Context(), now, now.Add(-time.Hour)); idc.ReasonOf(err) != "InvalidTimeRange" {
		t.Errorf("times the wrong way round: %v", err)
	}
	if strings.Contains(fmt.Sprint(first), "BEGIN") {
		t.Error("a fingerprint is a key")
	}
}
