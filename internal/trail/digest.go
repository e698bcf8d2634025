package trail

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// maxDigests is how many digests one run writes.
const maxDigests = 50

// digest is a digest file ("CloudTrail digest file structure").
type digest struct {
	AccountID             string       `json:"awsAccountId"`
	StartTime             string       `json:"digestStartTime"`
	EndTime               string       `json:"digestEndTime"`
	Bucket                string       `json:"digestS3Bucket"`
	Object                string       `json:"digestS3Object"`
	Fingerprint           string       `json:"digestPublicKeyFingerprint"`
	SignatureAlgorithm    string       `json:"digestSignatureAlgorithm"`
	NewestEventTime       *string      `json:"newestEventTime"`
	OldestEventTime       *string      `json:"oldestEventTime"`
	PreviousBucket        *string      `json:"previousDigestS3Bucket"`
	PreviousObject        *string      `json:"previousDigestS3Object"`
	PreviousHash          *string      `json:"previousDigestHashValue"`
	PreviousHashAlgorithm *string      `json:"previousDigestHashAlgorithm"`
	PreviousSignature     *string      `json:"previousDigestSignature"`
	LogFiles              []digestFile `json:"logFiles"`
}

type digestFile struct {
	Bucket          string `json:"s3Bucket"`
	Object          string `json:"s3Object"`
	Hash            string `json:"hashValue"`
	HashAlgorithm   string `json:"hashAlgorithm"`
	NewestEventTime string `json:"newestEventTime"`
	OldestEventTime string `json:"oldestEventTime"`
}

const (
	hashAlgorithm      = "SHA-256"
	signatureAlgorithm = "SHA256withRSA"
)

// deliverDigests writes the digests that are due, or at the end those of all files
// that none names yet; more says that some are left.
func (s *Service) deliverDigests(ctx context.Context, r *run, last bool) (more bool, err error) {
	if !r.trail.LogFileValidation {
		return false, nil
	}
	r.digesting = true
	defer func() { r.digesting = err != nil }()
	now, written := s.Clock.Now(), 0
	chains := r.chains.clone()
	var key *signer
	for i := range chains {
		end, due := chains[i].due(now, last)
		if !due {
			continue
		}
		if written == min(maxDigests, r.batch) {
			more = true
			break
		}
		if key == nil {
			if key, err = s.signer(ctx); err != nil {
				return false, err
			}
		}
		if err := s.deliverDigest(ctx, r, &chains[i], end, key); err != nil {
			return false, err
		}
		written++
	}
	if written == 0 {
		return false, nil
	}
	return more, s.commit(ctx, r, chains, func(st *idc.TrailStatus) { st.LastDigestAt, st.LastDigestError = now, "" })
}

// deliverDigest writes the next digest of a chain and moves the chain on. Written
// again, it has the same name.
func (s *Service) deliverDigest(ctx context.Context, r *run, c *chain, end time.Time, key *signer) error {
	d := s.digest(r.trail, c, end)
	d.Fingerprint = key.fingerprint
	text, err := json.Marshal(d)
	if err != nil {
		return err
	}
	signature, err := key.sign(signedText(d, text))
	if err != nil {
		return err
	}
	body, err := compress(text)
	if err != nil {
		return err
	}
	// S3 shows them as x-amz-meta-signature and x-amz-meta-signature-algorithm.
	metadata := map[string]string{"signature": hex.EncodeToString(signature), "signature-algorithm": signatureAlgorithm}
	if err := r.put(ctx, d.Object, body, metadata); err != nil {
		return err
	}
	c.End, c.Files = end, nil
	c.Last = &lastDigest{Bucket: d.Bucket, Key: d.Object, Hash: hash(text), Signature: metadata["signature"]}
	return nil
}

// digest describes the files of a chain up to end:
// AWSLogs/[organization/]account/CloudTrail-Digest/region/yyyy/mm/dd/account_CloudTrail-Digest_region_trail_home_time.json.gz
func (s *Service) digest(t *idc.Trail, c *chain, end time.Time) digest {
	end = end.UTC()
	name := fmt.Sprintf("%s_CloudTrail-Digest_%s_%s_%s_%s.json.gz", c.Account, c.Region, t.Name, t.HomeRegion, end.Format("20060102T150405Z"))
	d := digest{
		AccountID: c.Account, StartTime: stamp(c.End), EndTime: stamp(end), Bucket: t.Bucket,
		Object:             path.Join(s.folder(t, c.Account), "CloudTrail-Digest", c.Region, end.Format("2006/01/02"), name),
		SignatureAlgorithm: signatureAlgorithm, LogFiles: make([]digestFile, len(c.Files)),
	}
	for i, f := range c.Files {
		oldest, newest := stamp(f.Oldest), stamp(f.Newest)
		d.LogFiles[i] = digestFile{f.Bucket, f.Key, f.Hash, hashAlgorithm, newest, oldest}
		if d.OldestEventTime == nil || oldest < *d.OldestEventTime {
			d.OldestEventTime = &oldest
		}
		if d.NewestEventTime == nil || newest > *d.NewestEventTime {
			d.NewestEventTime = &newest
		}
	}
	if last := c.Last; last != nil {
		algorithm := hashAlgorithm
		d.PreviousBucket, d.PreviousObject, d.PreviousHash = &last.Bucket, &last.Key, &last.Hash
		d.PreviousHashAlgorithm, d.PreviousSignature = &algorithm, &last.Signature
	}
	return d
}

// signedText is what the signature of a digest is made over ("Custom implementations
// of CloudTrail log file integrity validation").
func signedText(d digest, text []byte) []byte {
	previous := "null"
	if d.PreviousSignature != nil {
		previous = *d.PreviousSignature
	}
	return fmt.Appendf(nil, "%s\n%s/%s\n%s\n%s", d.EndTime, d.Bucket, d.Object, hash(text), previous)
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }
