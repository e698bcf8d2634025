package demo

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/gatehouse-idc/gatehouse/internal/awsconfig"
)

// profiles are those that the tutorial uses.
func profiles() []awsconfig.Profile {
	return []awsconfig.Profile{
		{Name: "SecureCart-Dev", AccountID: Dev, RoleName: "AdministratorAccess"},
		{Name: "SecureCart-Staging", AccountID: Staging, RoleName: "PowerUserAccess"},
		{Name: "SecureCart-Production", AccountID: Production, RoleName: "ReadOnlyAccess"},
		{Name: "SecureCart-Ops", AccountID: Management, RoleName: "AdministratorAccess"},
	}
}

// Print tells a newcomer what is running and what to try; program is how this
// program was called.
func Print(w io.Writer, world *World, program string) error {
	p := &printer{w: w}
	p.line("SecureCart is ready.")
	p.line("")
	p.line("  Access portal   %s/start", world.URL)
	p.line("  Accounts        Management %s, Dev %s, Staging %s, Production %s", Management, Dev, Staging, Production)
	p.line("")
	p.people(world.Users)
	p.line("")
	p.line("  A current code:  %s demo otp dana     (or type the secret into an authenticator app)", program)
	p.line("")
	p.line("Put this into ~/.aws/config:")
	p.line("")
	p.line("%s", awsconfig.Text(awsconfig.Session{
		Name: Alias, StartURL: world.StartURL, Region: world.Region, Endpoint: world.URL,
	}, profiles()...))
	p.line("Then try:")
	p.line("")
	p.line("  aws sso login --profile SecureCart-Dev                 # sign in as dana, approve")
	p.line("  aws sts get-caller-identity --profile SecureCart-Dev")
	p.line("  aws iam list-roles --profile SecureCart-Production     # allowed: ReadOnlyAccess")
	p.line("  aws iam create-role --role-name x --assume-role-policy-document '{}' --profile SecureCart-Production   # refused")
	p.line("  %s audit tail --data %s", program, world.DataDir)
	p.line("")
	p.line("This is a demo: it listens on loopback and prints its passwords. Stop it with Ctrl-C.")
	return p.err
}

// printer writes lines until one fails.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

func (p *printer) people(users []User) {
	table := tabwriter.NewWriter(p.w, 0, 0, 3, ' ', 0)
	rows := [][]any{{"user", "password", "authenticator secret", "group"}}
	for _, u := range users {
		rows = append(rows, []any{u.Username, u.Password, u.TOTPSecret, u.Groups[0]})
	}
	for _, row := range rows {
		if p.err == nil {
			_, p.err = fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", row...)
		}
	}
	if p.err == nil {
		p.err = table.Flush()
	}
}
