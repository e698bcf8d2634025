// Package accountaccess is the front door of the account access manager (service account-access,
// restJson1, 2018-05-10): the application of the organization's instance and its entitlements of people
// to roles that exist already. It translates between the wire and package internal/accountaccess.
//
// The management account may call everything, a delegated administrator of account-access.amazonaws.com
// all but CreateApplication and DeleteApplication; everybody else is refused, whatever their own policies say.
package accountaccess
