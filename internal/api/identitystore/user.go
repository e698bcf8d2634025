package identitystore

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/identitystore"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/directory"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func (d *Door) userOperations() []awsedge.Operation {
	return []awsedge.Operation{
		op(d, identitystore.CreateUser, func(in *identitystore.CreateUserInput) (*string, []string) {
			return in.IdentityStoreId, nil
		}, d.createUser),
		op(d, identitystore.DescribeUser, func(in *identitystore.DescribeUserInput) (*string, []string) {
			return in.IdentityStoreId, []string{userARN(in.UserId)}
		}, d.describeUser),
		op(d, identitystore.UpdateUser, func(in *identitystore.UpdateUserInput) (*string, []string) {
			return in.IdentityStoreId, []string{userARN(in.UserId)}
		}, d.updateUser),
		op(d, identitystore.DeleteUser, func(in *identitystore.DeleteUserInput) (*string, []string) {
			return in.IdentityStoreId, []string{userARN(in.UserId)}
		}, d.deleteUser),
		op(d, identitystore.ListUsers, func(in *identitystore.ListUsersInput) (*string, []string) {
			return in.IdentityStoreId, []string{allUsers()}
		}, d.listUsers),
		op(d, identitystore.GetUserId, func(in *identitystore.GetUserIdInput) (*string, []string) {
			return in.IdentityStoreId, []string{allUsers()}
		}, d.getUserID),
	}
}

func (d *Door) createUser(ctx context.Context, r request, in *identitystore.CreateUserInput) (*identitystore.CreateUserOutput, error) {
	u, err := d.Directory.CreateUser(ctx, r.Change(), r.instance.IdentityStoreID, draft(in))
	if err != nil {
		return nil, err
	}
	return &identitystore.CreateUserOutput{
		IdentityStoreId: &r.instance.IdentityStoreID, UserId: &u.ID, UserArn: optional(userARN(&u.ID)), Revision: optional(directory.RevisionOf(u.Version)),
	}, nil
}

// draft is the user that a request describes.
func draft(in *identitystore.CreateUserInput) idc.User {
	u := idc.User{
		Owner: idc.OwnerBuiltIn, UserName: text(in.UserName), DisplayName: text(in.DisplayName),
		NickName: text(in.NickName), ProfileURL: text(in.ProfileUrl), UserType: text(in.UserType), Title: text(in.Title),
		PreferredLanguage: text(in.PreferredLanguage), Locale: text(in.Locale), Timezone: text(in.Timezone),
		Website: text(in.Website), Birthdate: text(in.Birthdate),
	}
	if n := in.Name; n != nil {
		u.Name = idc.PersonName{
			Formatted: text(n.Formatted), GivenName: text(n.GivenName), MiddleName: text(n.MiddleName),
			FamilyName: text(n.FamilyName), HonorificPrefix: text(n.HonorificPrefix), HonorificSuffix: text(n.HonorificSuffix),
		}
	}
	for _, e := range in.Emails {
		u.Emails = append(u.Emails, idc.Email{Value: text(e.Value), Type: text(e.Type), Primary: e.Primary})
	}
	for _, a := range in.Addresses {
		u.Addresses = append(u.Addresses, idc.Address{
			Formatted: text(a.Formatted), StreetAddress: text(a.StreetAddress), Locality: text(a.Locality), Region: text(a.Region),
			PostalCode: text(a.PostalCode), Country: text(a.Country), Type: text(a.Type), Primary: a.Primary,
		})
	}
	for _, p := range in.PhoneNumbers {
		u.Phones = append(u.Phones, idc.PhoneNumber{Value: text(p.Value), Type: text(p.Type), Primary: p.Primary})
	}
	for _, p := range in.Photos {
		u.Photos = append(u.Photos, idc.Photo{Value: text(p.Value), Type: text(p.Type), Display: text(p.Display), Primary: p.Primary})
	}
	for _, r := range in.Roles {
		u.Roles = append(u.Roles, idc.UserRole{Value: text(r.Value), Type: text(r.Type), Primary: r.Primary})
	}
	for name, raw := range in.Extensions {
		if u.Extensions == nil {
			u.Extensions = map[string]string{}
		}
		u.Extensions[name] = string(raw)
	}
	return u
}

func (d *Door) describeUser(ctx context.Context, r request, in *identitystore.DescribeUserInput) (*identitystore.DescribeUserOutput, error) {
	u, err := d.Directory.DescribeUser(ctx, r.instance.IdentityStoreID, userID(in.UserId))
	if err != nil {
		return nil, err
	}
	out := identitystore.DescribeUserOutput(wireUser(u, in.Extensions))
	return &out, nil
}

func wireUser(u *idc.User, extensionNames []string) identitystore.User {
	status := string(u.Status)
	return identitystore.User{
		IdentityStoreId: &u.IdentityStoreID, UserId: &u.ID, UserArn: optional(userARN(&u.ID)), Revision: optional(directory.RevisionOf(u.Version)),
		UserName: &u.UserName, UserStatus: &status,
		DisplayName: optional(u.DisplayName), Name: wireName(u.Name), NickName: optional(u.NickName), ProfileUrl: optional(u.ProfileURL),
		Emails: wireEmails(u.Emails), Addresses: wireAddresses(u.Addresses), PhoneNumbers: wirePhones(u.Phones),
		Photos: wirePhotos(u.Photos), Roles: wireRoles(u.Roles), UserType: optional(u.UserType), Title: optional(u.Title),
		PreferredLanguage: optional(u.PreferredLanguage), Locale: optional(u.Locale), Timezone: optional(u.Timezone),
		Website: optional(u.Website), Birthdate: optional(u.Birthdate), ExternalIds: externalIDs(u.ExternalIDs),
		Extensions: extensions(u.Extensions, extensionNames),
		CreatedAt:  instant(u.CreatedAt), CreatedBy: optional(u.CreatedBy), UpdatedAt: instant(u.UpdatedAt), UpdatedBy: optional(u.UpdatedBy),
	}
}

func wireName(n idc.PersonName) *identitystore.Name {
	if n == (idc.PersonName{}) {
		return nil
	}
	return &identitystore.Name{
		Formatted: optional(n.Formatted), GivenName: optional(n.GivenName), MiddleName: optional(n.MiddleName),
		FamilyName: optional(n.FamilyName), HonorificPrefix: optional(n.HonorificPrefix), HonorificSuffix: optional(n.HonorificSuffix),
	}
}

func wireEmails(in []idc.Email) []identitystore.Email {
	var out []identitystore.Email
	for _, e := range in {
		out = append(out, identitystore.Email{Value: optional(e.Value), Type: optional(e.Type), Primary: e.Primary})
	}
	return out
}

func wireAddresses(in []idc.Address) []identitystore.Address {
	var out []identitystore.Address
	for _, a := range in {
		out = append(out, identitystore.Address{
			Formatted: optional(a.Formatted), StreetAddress: optional(a.StreetAddress), Locality: optional(a.Locality),
			Region: optional(a.Region), PostalCode: optional(a.PostalCode), Country: optional(a.Country), Type: optional(a.Type), Primary: a.Primary,
		})
	}
	return out
}

func wirePhones(in []idc.PhoneNumber) []identitystore.PhoneNumber {
	var out []identitystore.PhoneNumber
	for _, p := range in {
		out = append(out, identitystore.PhoneNumber{Value: optional(p.Value), Type: optional(p.Type), Primary: p.Primary})
	}
	return out
}

func wirePhotos(in []idc.Photo) []identitystore.Photo {
	var out []identitystore.Photo
	for _, p := range in {
		out = append(out, identitystore.Photo{Value: &p.Value, Type: optional(p.Type), Display: optional(p.Display), Primary: p.Primary})
	}
	return out
}

func wireRoles(in []idc.UserRole) []identitystore.Role {
	var out []identitystore.Role
	for _, r := range in {
		out = append(out, identitystore.Role{Value: optional(r.Value), Type: optional(r.Type), Primary: r.Primary})
	}
	return out
}

func (d *Door) updateUser(ctx context.Context, r request, in *identitystore.UpdateUserInput) (*identitystore.UpdateUserOutput, error) {
	u, err := d.Directory.UpdateUser(ctx, r.Change(), r.instance.IdentityStoreID, idc.OwnerBuiltIn, userID(in.UserId), text(in.Revision), operations(in.Operations))
	if err != nil {
		return nil, err
	}
	return &identitystore.UpdateUserOutput{
		IdentityStoreId: &r.instance.IdentityStoreID, UserId: &u.ID, UserArn: optional(userARN(&u.ID)), Revision: optional(directory.RevisionOf(u.Version)),
	}, nil
}

func (d *Door) deleteUser(ctx context.Context, r request, in *identitystore.DeleteUserInput) (*identitystore.DeleteUserOutput, error) {
	return nil, d.Directory.DeleteUser(ctx, r.Change(), r.instance.IdentityStoreID, idc.OwnerBuiltIn, userID(in.UserId), text(in.Revision))
}

func (d *Door) listUsers(ctx context.Context, r request, in *identitystore.ListUsersInput) (*identitystore.ListUsersOutput, error) {
	name, err := filterValue(in.Filters, "UserName")
	if err != nil {
		return nil, err
	}
	page, token, err := d.page(r, in.NextToken, in.MaxResults, name)
	if err != nil {
		return nil, err
	}
	users, next, err := d.Directory.ListUsers(ctx, r.instance.IdentityStoreID, name, page)
	if err != nil {
		return nil, err
	}
	out := &identitystore.ListUsersOutput{Users: make([]identitystore.User, len(users)), NextToken: token(next)}
	for i, u := range users {
		out.Users[i] = wireUser(u, in.Extensions)
	}
	return out, nil
}

func (d *Door) getUserID(ctx context.Context, r request, in *identitystore.GetUserIdInput) (*identitystore.GetUserIdOutput, error) {
	by, err := alternate(in.AlternateIdentifier)
	if err != nil {
		return nil, err
	}
	u, err := d.Directory.FindUser(ctx, r.instance.IdentityStoreID, by)
	if err != nil {
		return nil, err
	}
	return &identitystore.GetUserIdOutput{IdentityStoreId: &r.instance.IdentityStoreID, UserId: &u.ID}, nil
}
