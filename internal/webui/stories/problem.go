package stories

import "github.com/gatehouse-idc/gatehouse/internal/webui"

func problemStories() []Story {
	return []Story{
		{"problem/expired", webui.Problem{Status: 410, Heading: "That has expired", Message: "This link worked once, or its time is over. Ask an administrator for a new one.", HomeURL: "/start"}},
		{"problem/internal", webui.Problem{Status: 500, Heading: "Something went wrong", Message: "Internal error. The request id identifies it in the server's log."}},
		{"problem/hostile", webui.Problem{Status: 400, Heading: "That request is not valid", Message: Hostile, HomeURL: "/start"}},
	}
}
